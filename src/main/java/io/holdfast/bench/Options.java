package io.holdfast.bench;

import io.holdfast.client.Times;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** The options of the load program. The command line mixes them into its command {@code bench}. */
public final class Options {

    enum ServerKind {
        HOLDFAST,
        CENTRIFUGO,
        BARE
    }

    enum Until {
        DELIVERY,
        RECEIPT
    }

    enum Via {
        HTTP,
        BATCH,
        SOCKET
    }

    enum Format {
        JSON,
        PROTOBUF
    }

    @Parameters(
            paramLabel = "SCENARIO",
            arity = "1..*",
            description = {
                "fanout: publish to everybody on one channel",
                "direct: send to one client after the other, until delivered and confirmed",
                "publish: publish to one channel or outbox after the other, with nobody connected, until the receipt",
                "return: everybody leaves, is sent to, and comes back at once",
                "start: start the server with --start-cmd, and end it once it is ready",
                "connect: connect and leave, and once more with other clients",
                "idle: connect, and see what a connection costs"
            })
    List<String> scenarios = new ArrayList<>();

    @Option(names = "--host", paramLabel = "HOST", description = "The server's host (${DEFAULT-VALUE}).")
    String host = "localhost";

    @Option(
            names = "--port",
            paramLabel = "PORT",
            converter = Port.class,
            description = "The server's port (${DEFAULT-VALUE}).")
    int port = 9080;

    @Option(
            names = "--other-port",
            paramLabel = "PORT",
            converter = Port.class,
            description =
                    "A second node of the same cluster on the same host: HTTP requests publish at it; return: clients"
                            + " come back to it, and --kill-cmd kills the node that they were connected to.")
    @Nullable
    Integer otherPort;

    @Option(
            names = "--database-pid",
            paramLabel = "PID",
            description = "PostgreSQL's first process: CPU time of it and of its children is measured, too.")
    @Nullable
    Long databasePid;

    @Option(
            names = "--target",
            paramLabel = "holdfast|centrifugo|bare",
            description = {
                "Which server it is (holdfast).",
                "centrifugo: one that needs no token and no key; not for return and idle",
                "bare: an endpoint without any logic, for comparison"
            })
    ServerKind target = ServerKind.HOLDFAST;

    @Option(
            names = "--bare-path",
            paramLabel = "PATH",
            description = "bare: the path to post to; /nothing and /nothing-async only answer (${DEFAULT-VALUE}).")
    String barePath = "/publish";

    @Option(
            names = "--clients",
            paramLabel = "NUMBER",
            converter = Count.class,
            description = "Connected clients; publish: channels or outboxes (${DEFAULT-VALUE}).")
    int clients = 1000;

    @Option(
            names = "--under-way",
            paramLabel = "NUMBER",
            converter = Count.class,
            description =
                    "Messages, batches or frames under way at a time; over HTTP, as many connections (fanout 4; return"
                            + " in batches 4; publish 16; otherwise 64).")
    @Nullable
    Integer underWay;

    @Option(names = "--to", paramLabel = "channel|outbox", description = "publish: where messages go (channel).")
    To to = To.CHANNEL;

    @Option(
            names = "--until",
            paramLabel = "delivery|receipt",
            description =
                    "fanout: a publication is under way until everybody has it, or until its receipt has come; then"
                            + " 16 times as many may be undelivered (delivery).")
    Until until = Until.DELIVERY;

    @Option(
            names = "--rate",
            paramLabel = "NUMBER",
            description = "Messages per second on a fixed schedule instead (0: off).")
    double rate = 0;

    @Option(
            names = "--stalled",
            paramLabel = "PERCENT",
            description = "Share of subscribers that stop reading (${DEFAULT-VALUE}).")
    BigDecimal stalled = BigDecimal.ZERO;

    @Option(
            names = "--via",
            paramLabel = "http|batch|socket",
            description =
                    "One request for each message; one for many (direct, publish, return); commands over a WebSocket, in"
                            + " insecure mode (http).")
    Via via = Via.HTTP;

    @Option(
            names = "--batch",
            paramLabel = "NUMBER",
            converter = Count.class,
            description = "Messages in one request or frame (${DEFAULT-VALUE}).")
    int batch = 100;

    @Option(
            names = "--pending",
            paramLabel = "NUMBER",
            converter = Count.class,
            description = "return: messages for each client (${DEFAULT-VALUE}).")
    int pending = 100;

    @Option(
            names = "--kill-cmd",
            paramLabel = "COMMAND",
            description = "return: a shell command that kills the server in between.")
    String killCommand = "";

    @Option(
            names = "--start-cmd",
            paramLabel = "COMMAND",
            description =
                    "return: a shell command that starts it again; start: one that gives way to the server (exec).")
    String startCommand = "";

    @Option(
            names = "--ready-path",
            paramLabel = "PATH",
            description = "The path that answers 200 when the server is ready (${DEFAULT-VALUE}).")
    String readyPath = "/health/ready";

    @Option(
            names = "--seconds",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "Measured time, such as 30 or 5m (10).")
    Duration measured = Duration.ofSeconds(10);

    @Option(
            names = "--warmup",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "Time before the measured time (10).")
    Duration warmup = Duration.ofSeconds(10);

    @Option(
            names = "--warmup-cpu",
            paramLabel = "SECONDS",
            description =
                    "Warm up at least until the server has used this many CPU seconds. On a busy machine, time alone"
                            + " says little about how warm a JVM is (0).")
    double warmupCpuSeconds = 0;

    @Option(
            names = "--series",
            paramLabel = "NUMBER",
            converter = Count.class,
            description = "Runs each scenario this many times, and adds a row with the median and the extremes (1).")
    int series = 1;

    @Option(
            names = "--live-heap",
            description = "direct, fanout, publish: adds the server's heap after a full collection at the end.")
    boolean liveHeap;

    @Option(names = "--cold", description = "Does not warm up: measures from the first message on.")
    boolean cold;

    @Option(
            names = "--payload",
            paramLabel = "BYTES",
            converter = Count.class,
            description = "Size of a message (${DEFAULT-VALUE}).")
    int payloadBytes = Payload.DEFAULT_LENGTH;

    @Option(
            names = "--patience",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "How long nothing may move before messages count as lost (15).")
    Duration patience = Duration.ofSeconds(15);

    @Option(names = "--api-key", paramLabel = "KEY", description = "The publisher's API key (${DEFAULT-VALUE}).")
    String apiKey = "dev";

    @Option(
            names = "--secret",
            paramLabel = "SECRET",
            description = "Signs the clients' tokens with HS256 (none: insecure mode).")
    String secret = "";

    @Option(names = "--format", paramLabel = "json|protobuf", description = "The subscribers' format (json).")
    Format format = Format.JSON;

    @Option(names = "--no-outbox", description = "fanout: clients do not ask for their outbox.")
    boolean noOutbox;

    @Option(names = "--server-pid", paramLabel = "PID", description = "The server's process (found by its port).")
    @Nullable
    Long serverPid;

    @Option(names = "--label", paramLabel = "TEXT", description = "Added to the scenario's name.")
    String label = "";

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the results to this file as JSON, too.")
    String json = "";

    /**
     * Sets how a parser reads these options: the last of several counts, choices are read in any case, and nothing stands
     * for a file with arguments.
     *
     * @return the parser
     */
    public static CommandLine readBy(CommandLine parser) {
        return parser.setOverwrittenOptionsAllowed(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false);
    }

    int underWayOr(int otherwise) {
        return underWay == null ? otherwise : underWay;
    }

    /** How messages leave, in words. */
    String flow(int underWay) {
        return rate > 0 ? (int) rate + "/s" : underWay + " under way";
    }

    InetSocketAddress server() {
        return new InetSocketAddress(host, port);
    }

    /** Another node, or the server itself. */
    InetSocketAddress otherServer() {
        return otherPort == null ? server() : new InetSocketAddress(host, otherPort);
    }

    Target target() {
        return switch (target) {
            case HOLDFAST -> Target.holdfast(secret, !noOutbox, speech());
            case CENTRIFUGO -> Target.centrifugo(speech());
            case BARE -> Target.bare(barePath);
        };
    }

    private Speech speech() {
        return switch (format) {
            case JSON -> JsonSpeech.INSTANCE;
            case PROTOBUF -> ProtobufSpeech.INSTANCE;
        };
    }

    /** Reads a whole number that is not negative; also in the form {@code 1e3}. */
    static final class Count implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            double number = number(text);
            if (number != Math.rint(number) || number < 0 || number > Integer.MAX_VALUE) {
                throw new TypeConversionException("'" + text + "' is not a whole number from 0");
            }
            return (int) number;
        }
    }

    /** Reads the number of a port. */
    static final class Port implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            int port = new Count().convert(text);
            if (port < 1 || port > 65_535) {
                throw new TypeConversionException("'" + text + "' is not a port from 1 to 65535");
            }
            return port;
        }
    }

    /** Reads seconds, or a time with a unit. */
    static final class Seconds implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            try {
                return Times.read(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is not a number");
        }
    }
}
