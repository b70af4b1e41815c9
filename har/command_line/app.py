"""The commands of `har`."""

from common.command_line.running import command_line
from har.command_line.describing import describe
from har.command_line.evaluating import evaluate
from har.command_line.exporting import export_c
from har.command_line.streaming import stream
from har.command_line.training import train

app = command_line("Recognise activities from a worn sensor: learn, judge by person, stream, export to C.")
app.command()(train)
app.command()(evaluate)
app.command()(stream)
app.command("export-c")(export_c)
app.command()(describe)
