"""The model reads: tokens, network, decoding → spans, roles, coreference; nobody knows yet who is who."""
