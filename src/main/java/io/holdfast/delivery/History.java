package io.holdfast.delivery;

import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import java.util.List;

/**
 * Some of the publications that a channel's stream retains.
 *
 * @param top position of the newest publication ever stored
 * @param publications in the requested order
 */
public record History(Position top, List<Publication> publications) {
    public History {
        publications = List.copyOf(publications);
    }
}
