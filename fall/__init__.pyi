from . import augmentation as augmentation
from . import datasets as datasets
from . import images as images
from . import networks as networks
from .classifier import CNNFallClassifier as CNNFallClassifier
from .frames import read_images as read_images
from .frames import readable as readable
from .networks import build_network as build_network

__version__: str
