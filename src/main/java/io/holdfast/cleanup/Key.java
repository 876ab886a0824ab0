package io.holdfast.cleanup;

/** A resource's name. */
record Key(String kind, String id) {}
