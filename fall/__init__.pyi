from . import (
    augmentation as augmentation,
    compression as compression,
    costs as costs,
    datasets as datasets,
    images as images,
    networks as networks,
    tflite as tflite,
)
from .activation_memory import peak_memory as peak_memory
from .c_array import CArray as CArray, export_c_array as export_c_array
from .classifier import CNNFallClassifier as CNNFallClassifier
from .compressed_model import CompressedModel as CompressedModel
from .compression.comparison import compare_recipes as compare_recipes
from .compression.recipes import compress as compress
from .costs import keras_cost as keras_cost, tflite_cost as tflite_cost
from .frames import read_images as read_images, readable as readable
from .litert import TFLiteFallClassifier as TFLiteFallClassifier
from .micro import micro_arena as micro_arena
from .mobilenet_classifier import MobileNetV2FallClassifier as MobileNetV2FallClassifier
from .networks import build_network as build_network
from .resizing import resize_images as resize_images

__version__: str
