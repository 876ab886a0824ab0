package io.holdfast.bench;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was asked for on the command line: {@code scenario --name value --flag}, with a default for each name. */
final class Options {
    static final String USAGE = """
            Usage: java -jar holdfast-cli.jar bench SCENARIO... [options]

            Scenarios
              fanout   publish to everybody on one channel
              direct   send to one client after the other, until delivered and confirmed
              return   everybody leaves, is sent to, comes back at once
              idle     connect, and see what a connection costs

            Options (default)
              --host localhost --port 9080     the server
              --target holdfast|bare           bare: an endpoint without any logic, for comparison (holdfast)
              --clients N                      (1000)
              --under-way K                    messages under way (fanout 4, direct 64)
              --until delivery|receipt         fanout: a publication is under way until everybody has it, or until its receipt
                                               has come (then 16 times as many may be undelivered) (delivery)
              --rate R                         messages per second on a fixed schedule instead (0: off)
              --stalled S                      percent of subscribers that stop reading (0)
              --via http|batch|socket          one request for each message; one for many (direct); commands over a WebSocket,
                                               in insecure mode (http)
              --batch B                        messages in one request or frame (100)
              --pending P                      return: messages for each client (100)
              --kill-cmd C --start-cmd C       return: shell commands that kill and start the server in between
              --ready-path P                   what answers 200 when the server is ready (/health/ready)
              --seconds S --warmup S           measured time (10) and time before it (10)
              --warmup-cpu S                   warm up at least until the server has used so many CPU seconds: on a busy
                                               machine, time alone says little about how warm a JVM is (0)
              --payload BYTES                  (128)
              --patience S                     how long nothing may move before messages count as lost (15)
              --api-key KEY --secret SECRET    (dev; no secret: insecure mode)
              --format json|protobuf           in which the subscribers speak (json)
              --no-outbox                      fanout: clients do not ask for their outbox
              --server-pid PID                 (found by its port)
              --label TEXT                     added to the scenario's name
              --json FILE                      results as JSON, too
            """;

    private static final Map<String, String> DEFAULTS = defaults();

    private final List<String> scenarios;
    private final Map<String, String> values;

    private Options(List<String> scenarios, Map<String, String> values) {
        this.scenarios = List.copyOf(scenarios);
        this.values = values;
    }

    /** @throws IllegalArgumentException that names what is not understood */
    static Options parse(String... arguments) {
        List<String> scenarios = new ArrayList<>();
        Map<String, String> values = new LinkedHashMap<>(DEFAULTS);
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            if (!argument.startsWith("--")) {
                scenarios.add(argument);
                continue;
            }
            String name = argument.substring(2);
            String known = DEFAULTS.get(name);
            if (known == null) {
                throw new IllegalArgumentException("there is no option " + argument);
            }
            if (known.equals("false")) {
                values.put(name, "true");
            } else if (i + 1 < arguments.length) {
                i++;
                values.put(name, arguments[i]);
            } else {
                throw new IllegalArgumentException(argument + " wants a value");
            }
        }
        return new Options(scenarios, values);
    }

    List<String> scenarios() {
        return scenarios;
    }

    String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("there is no option --" + name);
        }
        return value;
    }

    boolean on(String name) {
        return text(name).equals("true");
    }

    double number(String name) {
        try {
            return Double.parseDouble(text(name));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--" + name + " is a number, not " + text(name), e);
        }
    }

    int count(String name) {
        double number = number(name);
        if (number != Math.rint(number) || number < 0 || number > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("--" + name + " is a whole number from 0, not " + text(name));
        }
        return (int) number;
    }

    /** As {@link #count}, with a default that differs between scenarios. */
    int count(String name, int otherwise) {
        return text(name).isEmpty() ? otherwise : count(name);
    }

    Duration seconds(String name) {
        return Duration.ofMillis(Math.round(number(name) * 1000));
    }

    InetSocketAddress server() {
        return new InetSocketAddress(text("host"), count("port"));
    }

    Target target() {
        return switch (text("target")) {
            case "holdfast" -> Target.holdfast(text("secret"), !on("no-outbox"), Speech.of(text("format")));
            case "bare" -> Target.bare();
            default -> throw new IllegalArgumentException("--target is holdfast or bare, not " + text("target"));
        };
    }

    private static Map<String, String> defaults() {
        Map<String, String> defaults = new LinkedHashMap<>();
        defaults.put("host", "localhost");
        defaults.put("port", "9080");
        defaults.put("target", "holdfast");
        defaults.put("clients", "1000");
        defaults.put("under-way", "");
        defaults.put("until", "delivery");
        defaults.put("rate", "0");
        defaults.put("stalled", "0");
        defaults.put("via", "http");
        defaults.put("batch", "100");
        defaults.put("pending", "100");
        defaults.put("kill-cmd", "");
        defaults.put("start-cmd", "");
        defaults.put("ready-path", "/health/ready");
        defaults.put("seconds", "10");
        defaults.put("warmup", "10");
        defaults.put("patience", "15");
        defaults.put("warmup-cpu", "0");
        defaults.put("payload", Integer.toString(Payload.DEFAULT_LENGTH));
        defaults.put("api-key", "dev");
        defaults.put("secret", "");
        defaults.put("format", "json");
        defaults.put("no-outbox", "false");
        defaults.put("server-pid", "");
        defaults.put("label", "");
        defaults.put("json", "");
        return defaults;
    }
}
