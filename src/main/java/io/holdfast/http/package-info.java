/** The server API for publishers. Servlets that validate and delegate; answers are written by container threads. */
@org.jspecify.annotations.NullMarked
package io.holdfast.http;
