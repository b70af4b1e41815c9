"""Rooms and several hubs over NATS JetStream: events on three servers, and one hub for each room at any moment.

A room does two things with what happened, at the same time. It asks the hub that watches it, which writes the event
down and replies, as over any other link; and it stores the event in a stream, of which a majority of the servers has
a copy. The event leaves the room's outbox when both have it: then neither a hub nor a server that dies takes it away.

Rooms are divided into parts by a hash of their names, and each part belongs to one hub by a lease. When a hub is gone,
others take its parts over, with all that was not over yet, which they know from the stream.
"""
