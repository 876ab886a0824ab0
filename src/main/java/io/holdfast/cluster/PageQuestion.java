package io.holdfast.cluster;

import io.holdfast.delivery.Listing;
import io.holdfast.delivery.NamedPage;
import io.holdfast.delivery.ThisNode;
import io.holdfast.json.JsonInput;
import io.holdfast.json.JsonOutput;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The question for a part of a list: {@code {"of":"members","name":"news","after":"…","most":100}}. The answer is {@code
 * {"rows":{"<name>":…},"more":true}}; it has fewer rows than could be if they are long.
 *
 * @param <T> of the list
 */
record PageQuestion<T>(Listing<T> of, String after, int most) implements Question<NamedPage<T>> {
    static final String ABOUT = "page";

    /** The rows of one answer end behind this many bytes. */
    private static final int ROWS_BYTES = 512 << 10;

    @Override
    public String about() {
        return ABOUT;
    }

    @Override
    public void write(JsonOutput json) {
        ListingRows.write(of, json);
        json.field("after", after).field("most", most);
    }

    static byte[] answer(byte[] question, ThisNode here) throws IOException {
        return rows(Question.object(question, PageQuestion::read), here);
    }

    private static PageQuestion<?> read(JsonInput in) throws IOException {
        String word = "";
        String name = "";
        String after = "";
        int most = 1;
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            switch (field) {
                case "of" -> word = in.string();
                case "name" -> name = in.string();
                case "after" -> after = in.string();
                case "most" -> most = Math.max(1, in.naturalInteger());
                default -> in.skip();
            }
        }
        return new PageQuestion<>(ListingRows.listing(word, name), after, most);
    }

    private static <T> byte[] rows(PageQuestion<T> asked, ThisNode here) {
        ListingRows<T> rows = ListingRows.of(asked.of());
        NamedPage<T> page = here.page(asked.of(), asked.after(), asked.most());
        JsonOutput json = new JsonOutput().raw("{\"rows\":{");
        boolean more = page.more();
        int written = 0;
        for (String name : page.entries().keySet()) {
            if (json.length() > ROWS_BYTES) {
                more = true;
                break;
            }
            rows.write(
                    Objects.requireNonNull(page.entries().get(name)),
                    json.next(written++).name(name));
        }
        return json.raw("},\"more\":").bool(more).raw("}").toBytes();
    }

    @Override
    public NamedPage<T> readAnswer(JsonInput in) throws IOException {
        NamedPage.Collector<T> page = new NamedPage.Collector<>(of, after, most);
        boolean more = false;
        @Nullable NamedPage<T> rows = null;
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            switch (field) {
                case "rows" -> rows = rows(in, page);
                case "more" -> more = in.bool();
                default -> in.skip();
            }
        }
        if (rows == null || (more && rows.entries().isEmpty())) {
            throw new JsonInput.WrongType("not a page");
        }
        return new NamedPage<>(rows.entries(), more || rows.more());
    }

    private NamedPage<T> rows(JsonInput in, NamedPage.Collector<T> page) throws IOException {
        ListingRows<T> rows = ListingRows.of(of);
        if (in.enterObject()) {
            for (String name = in.nextField(); name != null; name = in.nextField()) {
                page.add(name, rows.read(name, in));
            }
        }
        return page.page();
    }
}
