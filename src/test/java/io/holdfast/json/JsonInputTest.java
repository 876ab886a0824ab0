package io.holdfast.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonInputTest {
    private static final String[] SCALARS = {
        "1",
        "-0.5e3",
        "true",
        "null",
        "\"\"",
        "\"a b\"",
        "\"\\u00e9\\n\"",
        "\"\\ud83d\\ude00\"",
        "\"\\ud800\"",
        "01",
        "nul",
        "\"\t\""
    };
    private static final String[] BEYOND_ASCII = {"\"é\"", "\"a😀\"", "\u00a0", "\ufeff", "\"\u0000\u0080\""};
    private static final String[] SPACES = {"", "", "", " ", "\n", "\r\n\t"};

    /** A payload of pure ASCII is nearly all there is; bytes that take the other way must be read alike. */
    @Test
    void bytes_and_the_text_that_they_are_say_the_same() {
        long seed = Long.getLong("holdfast.seed", System.nanoTime());
        Random random = new Random(seed);
        int ascii = 0;
        int whole = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = bytes(random);
            List<String> read = read(() -> new JsonInput(bytes));
            assertThat(read)
                    .as("seed %s, round %s", seed, i)
                    .isEqualTo(read(() -> new JsonInput(
                            UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString())));
            ascii += new String(bytes, UTF_8).length() == bytes.length ? 1 : 0;
            whole += read.get(read.size() - 1).equals("end") ? 1 : 0;
        }
        assertThat(ascii).as("in ASCII, of the seed %s", seed).isBetween(5_000, 19_000);
        assertThat(whole).as("without a fault, of the seed %s", seed).isBetween(5_000, 19_000);
    }

    private static byte[] bytes(Random random) {
        StringBuilder text = new StringBuilder();
        boolean ascii = random.nextBoolean();
        for (int values = random.nextInt(3); values >= 0; values--) {
            value(text, random, ascii, 3);
        }
        byte[] bytes = text.toString().getBytes(UTF_8);
        if (random.nextInt(4) == 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private static void value(StringBuilder text, Random random, boolean ascii, int depth) {
        text.append(one(SPACES, random));
        switch (depth == 0 ? 0 : random.nextInt(4)) {
            case 1 -> {
                text.append('[');
                for (int i = random.nextInt(3); i > 0; i--) {
                    value(text, random, ascii, depth - 1);
                    text.append(i > 1 ? "," : "");
                }
                text.append(']');
            }
            case 2 -> {
                text.append('{');
                for (int i = random.nextInt(3); i > 0; i--) {
                    text.append(ascii ? "\"name\"" : "\"näme\"")
                            .append(one(SPACES, random))
                            .append(':');
                    value(text, random, ascii, depth - 1);
                    text.append(i > 1 ? "," : "");
                }
                text.append('}');
            }
            default ->
                text.append(
                        random.nextInt(12) == 0
                                ? one(ascii ? SCALARS : BEYOND_ASCII, random)
                                : one(SCALARS, random, 8));
        }
        text.append(random.nextInt(40) == 0 ? "" : " ");
    }

    private static String one(String[] of, Random random) {
        return one(of, random, of.length);
    }

    private static String one(String[] of, Random random, int first) {
        return of[random.nextInt(first)];
    }

    private interface Opening {
        JsonInput open() throws IOException;
    }

    /** What is read in turn, as raw values and step by step, and how it ends. */
    private static List<String> read(Opening opening) {
        List<String> seen = new ArrayList<>();
        try (JsonInput in = opening.open()) {
            while (in.nextValue()) {
                value(in, seen);
            }
            seen.add("end");
        } catch (IOException e) {
            seen.add(e.getClass().getSimpleName());
        }
        return seen;
    }

    private static void value(JsonInput in, List<String> seen) throws IOException {
        if (in.isArray()) {
            while (in.nextElement()) {
                value(in, seen);
            }
        } else if (in.isObject() && seen.size() % 2 == 0) {
            in.enterObject();
            for (String name = in.nextField(); name != null; name = in.nextField()) {
                seen.add(name);
                value(in, seen);
            }
        } else {
            seen.add(new String(in.raw(), ISO_8859_1));
        }
    }
}
