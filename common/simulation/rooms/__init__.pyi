from . import camera as camera, furniture as furniture, light as light, room as room, textures as textures
