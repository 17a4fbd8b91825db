"""How far apart, in words, the two spans of a pair may stand. Bounds the pairs to the text's length, not its square."""

REACH = {"role": 120, "time": 80, "place": 80, "speaker": 100, "cue": 60, "nation": 250, "coref": 400, "same": 400}
