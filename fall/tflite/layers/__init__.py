"""What does each layer of a .tflite file compute, where does it differ from the float network, and what helps?"""
