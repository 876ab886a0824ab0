/**
 * Finds the methods of an application's beans that answer clients, checks them at deployment, and calls them. The rooms above
 * see them as {@link io.holdfast.handlers.Handlers}. No threads of its own. Start reading at {@link
 * io.holdfast.handlers.beans.HandlerExtension}.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.handlers.beans;
