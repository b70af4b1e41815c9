"""What the command line says of a room's sensors, apart from them, so that help needs none of their libraries."""

WORN_HELP = (
    "csv:FILE (?time=COLUMN&channels=ax,ay,az,gx,gy,gz&units=g,deg/s), phone (the app Sensor Logger pushes), "
    "uart:ADDRESS or microbit:ADDRESS (Bluetooth)."
)
CAMERA_HELP = "A video file, the number of a USB camera, or rtsp://… or http://… (also MJPEG)."
FRIGATE_HELP = (
    "Frigate finds the people: mqtt://BROKER/CAMERA (?size=1280x720 of its detect stream). With --camera the network "
    "judges pictures, without it the shape of the boxes has to do."
)
