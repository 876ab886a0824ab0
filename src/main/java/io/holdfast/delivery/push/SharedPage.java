package io.holdfast.delivery.push;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.delivery.WireFormat;
import io.holdfast.stream.Page;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A page of an ordinary channel's stream, whose publications are encoded once for all connections of a wire format. Any thread. */
final class SharedPage {
    private final Position after;
    private final Page page;

    @GuardedBy("this")
    private final List<Outgoing.Cache> pieces;

    /**
     * @param channel its name
     * @param after the position that it was read from
     */
    SharedPage(String channel, Position after, Page page) {
        this.after = after;
        this.page = page;
        this.pieces = page.publications().stream()
                .map(publication -> new Outgoing.Cache(channel, publication, false, null))
                .toList();
    }

    Page page() {
        return page;
    }

    synchronized @Nullable Outgoing piece(int index, WireFormat format) {
        return pieces.get(index).piece(format);
    }

    boolean beginsAt(Position position) {
        return after.equals(position);
    }

    /**
     * Whether it has what comes after a position.
     *
     * @param known offset of a publication that is known to be stored: if the page says that there is no more, it has that one
     */
    boolean serves(Position position, long known) {
        if (!after.epoch().equals(position.epoch()) || after.offset() > position.offset()) {
            return false;
        }
        if (page.more()) {
            List<Publication> all = page.publications();
            return position.offset() < all.get(all.size() - 1).offset();
        }
        long top = page.info().top().offset();
        return position.offset() <= top && known <= top;
    }
}
