from . import (
    augmentation as augmentation,
    compression as compression,
    datasets as datasets,
    images as images,
    networks as networks,
)
from .classifier import CNNFallClassifier as CNNFallClassifier
from .compression.comparison import compare_recipes as compare_recipes
from .compression.recipes import compress as compress
from .frames import read_images as read_images, readable as readable
from .mobilenet_classifier import MobileNetV2FallClassifier as MobileNetV2FallClassifier
from .networks import build_network as build_network
from .resizing import resize_images as resize_images

__version__: str
