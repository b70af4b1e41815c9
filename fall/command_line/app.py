"""The commands of `fall`."""

from common.command_line.running import command_line
from fall.command_line.compressing import compress
from fall.command_line.measuring import measure
from fall.command_line.predicting import predict
from fall.command_line.recipes import recipes
from fall.command_line.training import train

app = command_line("Detect falls in images of a person: train, compress, measure, predict.")
app.command()(train)
app.command()(compress)
app.command()(measure)
app.command()(predict)
app.command()(recipes)
