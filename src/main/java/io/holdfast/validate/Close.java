package io.holdfast.validate;

/** How a connection ended. @param code of the close frame; 1006 where the line ended without one */
record Close(int code, String reason) {}
