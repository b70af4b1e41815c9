from . import datasets as datasets
from . import images as images
from .frames import read_images as read_images
from .frames import readable as readable

__version__: str
