package io.holdfast.delivery.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.SubscribeOptions;
import io.holdfast.stream.Position;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The steps of the writer, the readers and the ticker with one connection, for tests in which none of them runs. */
public final class Steps {
    private Steps() {}

    /** Does what readers do until nothing is left that wants them. */
    public static void read(OpenConnection connection) {
        do {
            connection.read();
        } while (connection.doneReading());
    }

    /** Takes the connection off the readers' list. */
    public static void doneReading(OpenConnection connection) {
        connection.doneReading();
    }

    /** Whether the connection stood on the readers' list; now it does. */
    public static boolean waitsToRead(OpenConnection connection) {
        return !connection.askToRead();
    }

    /** Does what a reader does with the first connection on the list, if there is one. */
    public static void serve(Recovery recovery) {
        WritableConnection connection = recovery.poll();
        if (connection != null) {
            recovery.serve(connection);
        }
    }

    /** Does what the writer does until nothing waits. @return the lines written */
    public static List<String> write(OpenConnection connection, DeliverySettings settings, DeliveryClock clock) {
        List<String> written = new ArrayList<>();
        FrameBuilder builder = new FrameBuilder(settings.frameBytes());
        SendBuffer buffer = connection.buffer();
        boolean more = true;
        while (more) {
            SendBuffer.Frame frame = buffer.next(builder, clock.millis(), clock.nanos(), true);
            if (frame == null) {
                return written;
            }
            connection.expiredUnwritten(frame.expired());
            if (frame.length() == 0) {
                return written;
            }
            connection.writing(frame);
            written.addAll(
                    List.of(new String(frame.bytes(), 0, frame.length(), StandardCharsets.UTF_8).split("\n", -1)));
            more = buffer.written();
            connection.drained();
        }
        return written;
    }

    /** Does what the ticker does. */
    public static void tick(OpenConnection connection, DeliveryClock clock) {
        connection.tick(clock.nanos());
    }

    /** Subscribes a connection to a channel, live at once. @return whether it is still live */
    public static BooleanSupplier live(
            OpenConnection connection, Channel channel, Position top, Dispatcher dispatcher) {
        Subscription live = new Subscription(connection, channel, SubscribeOptions.QUIET, top, 0);
        channel.add(live);
        assertThat(channel.goLive(live, top, dispatcher.fanout())).isTrue();
        return live::live;
    }
}
