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
from .quantization_aware import train_quantized as train_quantized
from .recipes import RECIPES as RECIPES, Recipe as Recipe, compress as compress
from .sweep import sweep_pruning as sweep_pruning
from .tuning import Tuner as Tuner
