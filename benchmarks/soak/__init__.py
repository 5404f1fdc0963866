"""A house under random kill -9, and after a power cut: does all end right, and how long does a case stand still?"""
