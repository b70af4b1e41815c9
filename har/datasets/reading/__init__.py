"""What the readers share: text files of numbers, archives of arrays, and data sets in two forms; damage is named."""
