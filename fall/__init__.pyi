from . import (
    augmentation as augmentation,
    compression as compression,
    costs as costs,
    datasets as datasets,
    images as images,
    networks as networks,
    people as people,
    tflite as tflite,
)
from .classifier import CNNFallClassifier as CNNFallClassifier
from .compression.comparison import compare_recipes as compare_recipes
from .compression.recipes import compress as compress
from .costs import keras_cost as keras_cost
from .embedded.c_export import CExport as CExport, export_c as export_c
from .frames import read_images as read_images, readable as readable
from .mobilenet_classifier import MobileNetV2FallClassifier as MobileNetV2FallClassifier
from .networks import build_network as build_network
from .people.crops import PersonCrop as PersonCrop, people_in as people_in
from .resizing import resize_images as resize_images
from .tflite.c_array import CArray as CArray, export_c_array as export_c_array
from .tflite.classifier import TFLiteFallClassifier as TFLiteFallClassifier
from .tflite.coded.saving import load_coded as load_coded, save_coded as save_coded
from .tflite.inspection import tflite_cost as tflite_cost
from .tflite.layers.comparison import LayerComparison as LayerComparison, compare_layers as compare_layers
from .tflite.memory import peak_memory as peak_memory
from .tflite.micro import micro_arena as micro_arena
from .tflite.model import CompressedModel as CompressedModel

__version__: str
