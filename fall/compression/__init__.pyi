from .arithmetic.adaround import adaround as adaround, convolution_patches as convolution_patches
from .arithmetic.clipping import (
    kl_range as kl_range,
    min_max_range as min_max_range,
    moving_average_range as moving_average_range,
    mse_range as mse_range,
)
from .arithmetic.codebook import CodeBook as CodeBook, kmeans_codebook as kmeans_codebook
from .arithmetic.fitting import (
    fit_linear as fit_linear,
    tflite_activations as tflite_activations,
    tflite_weights as tflite_weights,
)
from .arithmetic.granularity import PER_TENSOR as PER_TENSOR, per_channel as per_channel, per_group as per_group
from .arithmetic.linear import LinearQuantization as LinearQuantization, straight_through as straight_through
from .arithmetic.number_formats import BF16 as BF16, FP16 as FP16, FP32 as FP32
from .batch_norm import fuse_batch_norm as fuse_batch_norm
from .channels import prune_channels as prune_channels
from .clustering import cluster as cluster
from .comparison import choose_recipe as choose_recipe, compare_recipes as compare_recipes
from .distillation import distill as distill
from .factorization import factorize as factorize, low_rank as low_rank
from .graph import copy_model as copy_model, rebuild as rebuild
from .input_size import shrink_input as shrink_input
from .masks import GRANULARITIES as GRANULARITIES, magnitude_mask as magnitude_mask
from .pruning import prune as prune
from .quantization.edge_quantizer import EdgeQuantization as EdgeQuantization
from .quantization_aware import train_quantized as train_quantized
from .recipes import RECIPES as RECIPES, Recipe as Recipe, compress as compress
from .storage.coding import decode_weights as decode_weights, encode_weights as encode_weights
from .storage.huffman import huffman_decode as huffman_decode, huffman_encode as huffman_encode
from .storage.sparse import CSR as CSR, Bitmap as Bitmap, storage_bytes as storage_bytes
from .sweep import sweep_pruning as sweep_pruning
from .tuning import Tuner as Tuner
