"""Which recipe is worth it? Each is applied, measured on people held out, and one is chosen; a killed run goes on."""

from fall.compression.comparison.choice import choose_recipe as choose_recipe
from fall.compression.comparison.comparing import compare_recipes as compare_recipes
