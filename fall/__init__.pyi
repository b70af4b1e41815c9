from . import augmentation as augmentation, datasets as datasets, images as images, networks as networks
from .classifier import CNNFallClassifier as CNNFallClassifier
from .frames import read_images as read_images, readable as readable
from .mobilenet_classifier import MobileNetV2FallClassifier as MobileNetV2FallClassifier
from .networks import build_network as build_network

__version__: str
