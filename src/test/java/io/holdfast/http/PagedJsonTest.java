package io.holdfast.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.delivery.BreakerState;
import io.holdfast.delivery.BreakerStatus;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.Gathered;
import io.holdfast.delivery.Listing;
import io.holdfast.delivery.NamedPage;
import io.holdfast.json.JsonOutput;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PagedJsonTest {
    private static SortedMap<String, Integer> numbers(int count) {
        SortedMap<String, Integer> numbers = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            numbers.put(String.format("n%05d", i), i);
        }
        return numbers;
    }

    private static String page(SortedMap<String, Integer> list, int limit, String after) {
        PagedJson.Part part = new PagedJson.Part(limit, after);
        return text(PagedJson.write("list", found(list, part), part, (n, json) -> json.number(n)));
    }

    private static Gathered<NamedPage<Integer>> found(SortedMap<String, Integer> list, PagedJson.Part part) {
        NamedPage.Collector<Integer> page =
                new NamedPage.Collector<>(new Listing.Channels(""), part.after(), PagedJson.most(part));
        list.forEach(page::add);
        return Gathered.complete(page.page());
    }

    private static String text(JsonOutput json) {
        return new String(json.toBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void a_short_list_is_whole() {
        assertThat(page(numbers(0), 0, "")).isEqualTo("{\"list\":{}}");
        assertThat(page(numbers(2), 0, "")).isEqualTo("{\"list\":{\"n00000\":0,\"n00001\":1}}");
        assertThat(page(numbers(PagedJson.MOST_ENTRIES), 0, "")).doesNotContain("next");
    }

    @Test
    void a_list_that_is_too_long_is_refused_unless_a_page_is_wanted() {
        SortedMap<String, Integer> list = numbers(PagedJson.MOST_ENTRIES + 1);
        assertThatThrownBy(() -> page(list, 0, ""))
                .isInstanceOfSatisfying(
                        DeliveryException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(DeliveryException.Reason.TOO_LARGE));
        assertThat(page(list, Integer.MAX_VALUE, "")).endsWith("},\"next\":\"n09999\"}");
        assertThat(page(list, 9, "n09999")).isEqualTo("{\"list\":{\"n10000\":10000}}");
    }

    @Test
    void pages_cover_the_list_once() {
        SortedMap<String, Integer> list = numbers(5);
        assertThat(page(list, 2, "")).isEqualTo("{\"list\":{\"n00000\":0,\"n00001\":1},\"next\":\"n00001\"}");
        assertThat(page(list, 2, "n00001")).isEqualTo("{\"list\":{\"n00002\":2,\"n00003\":3},\"next\":\"n00003\"}");
        assertThat(page(list, 2, "n00003")).isEqualTo("{\"list\":{\"n00004\":4}}");
        assertThat(page(list, 2, "z")).isEqualTo("{\"list\":{}}");
    }

    @Test
    void a_page_of_long_entries_is_shorter() {
        PagedJson.Part part = new PagedJson.Part(3, "");
        JsonOutput json = PagedJson.write(
                "list", found(numbers(3), part), part, (n, to) -> to.string("x".repeat(PagedJson.MOST_BYTES / 2)));
        assertThat(text(json)).endsWith("\"next\":\"n00000\"}");
    }

    @Test
    void nodes_that_did_not_answer_are_named_behind_the_list() {
        PagedJson.Part part = new PagedJson.Part(1, "");
        Gathered<NamedPage<Integer>> found =
                new Gathered<>(found(numbers(2), part).value(), List.of(7L, 9L));
        assertThat(text(PagedJson.write("list", found, part, (n, json) -> json.number(n))))
                .isEqualTo("{\"list\":{\"n00000\":0},\"next\":\"n00000\",\"missing_nodes\":[7,9]}");
    }

    private static String clients(int limit, String after) {
        NamedPage.Collector<Boolean> page = new NamedPage.Collector<>(new Listing.Clients(""), after, limit);
        List.of("a", "b", "d").forEach(client -> page.add(client, !client.equals("b")));
        return text(ControlApi.clientPage(Gathered.complete(page.page())));
    }

    @Test
    void the_clients_come_page_by_page() {
        assertThat(clients(3, "")).isEqualTo("{\"clients\":[\"a\",\"b\",\"d\"],\"connected\":[\"a\",\"d\"]}");
        assertThat(clients(2, "")).isEqualTo("{\"clients\":[\"a\",\"b\"],\"connected\":[\"a\"],\"next\":\"b\"}");
        assertThat(clients(2, "b")).isEqualTo("{\"clients\":[\"d\"],\"connected\":[\"d\"]}");
        assertThat(clients(1, "aa")).isEqualTo("{\"clients\":[\"b\"],\"connected\":[],\"next\":\"b\"}");
        assertThat(clients(1, "z")).isEqualTo("{\"clients\":[],\"connected\":[]}");
    }

    @Test
    void breakers_come_page_by_page_with_all_of_a_client_on_one() {
        List<BreakerStatus> list =
                List.of(breaker("a", "1"), breaker("b", "1"), breaker("b", "2"), breaker("b", "3"), breaker("c", "1"));
        assertThat(clients(list, 2, "")).isEqualTo("a b b b next b");
        assertThat(clients(list, 2, "b")).isEqualTo("c");
        assertThat(clients(list, 4, "")).isEqualTo("a b b b next b");
        assertThat(clients(list, 5, "")).isEqualTo("a b b b c");
        assertThat(clients(list, 1, "")).isEqualTo("a next a");
        assertThat(clients(list, 1, "aa")).as("one that is gone").isEqualTo("b b b next b");
        assertThat(clients(List.of(), 1, null)).isEmpty();
    }

    private static BreakerStatus breaker(String client, String device) {
        return new BreakerStatus(client, device, BreakerState.OPEN, 5, 0, 1, 1_000);
    }

    private static String clients(List<BreakerStatus> list, int limit, String after) {
        NamedPage.Collector<List<BreakerStatus>> page =
                new NamedPage.Collector<>(new Listing.Breakers(null), after, limit);
        list.forEach(breaker -> page.add(breaker.client(), List.of(breaker)));
        String json = text(ControlApi.breakerPage(Gathered.complete(page.page()), limit));
        return json.replaceAll("\\{\"client\":\"(\\w+)\"[^}]*}", "$1")
                .replaceAll("\"next\":\"(\\w+)\"", "next $1")
                .replaceAll("\\{\"breakers\":|[\\[\\]}]", "")
                .replace(',', ' ');
    }
}
