// The layer's tests.
