package io.holdfast.it;

import static io.holdfast.it.HandlersShop.rpc;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The page of the shop in a browser, as docs/handlers.md shows it. Its screenshots go to {@code target}. */
@ExtendWith(HandlersShop.Shared.class)
class HandlersPageIT {
    private static final String LOBBY = "chat:lobby";

    private final HandlersShop shop;
    private final String buyer = Names.fresh("buyer");

    HandlersPageIT(HandlersShop shop) {
        this.shop = shop;
    }

    private Browser open(String... roles) {
        return Browser.open(shop.page("shop.html#" + HandlersShop.token(buyer, roles)));
    }

    private static void say(Browser browser, String text) {
        browser.type("#chat [name=text]", text);
        browser.click("#chat button");
    }

    private static void order(Browser browser, String order, String pieces) {
        browser.type("#order [name=order]", order);
        browser.type("#order [name=article]", "shoes");
        browser.type("#order [name=pieces]", pieces);
        browser.click("#order button");
    }

    @Test
    void what_is_said_at_the_page_goes_through_the_handler_to_the_others_and_back() {
        String bob = Names.fresh("bob");
        try (RawClient other = shop.connected(Wire.JSON, bob);
                Browser browser = open()) {
            other.command("subscribe", "{'channel': '%s'}", LOBBY);

            say(browser, "  Hello, <b>all</b>  ");
            JsonNode heard = other.publication(LOBBY).data();
            assertThat(heard.path("from").asText()).isEqualTo(buyer);
            assertThat(heard.path("text").asText()).isEqualTo("Hello, <b>all</b>");
            browser.awaitText("#lines li:last-child", buyer + ": Hello, <b>all</b>");

            other.command("publish", "{'channel': '%s', 'data': {'text': 'Hello, %s'}}", LOBBY, buyer);
            browser.awaitText("#lines li:last-child", bob + ": Hello, " + buyer);
            assertThat(other.publication(LOBBY).data().path("from").asText()).isEqualTo(bob);

            say(browser, " ");
            browser.awaitText("#chat output", "bad request: data.text");
            other.silent(LOBBY, Duration.ofMillis(300));
            browser.screenshot(Path.of("target/shop-chat.png"));
            assertThat(browser.errors()).isEmpty();
        }
    }

    @Test
    void an_order_at_the_page_is_answered_after_the_commit_and_refusals_are_shown() {
        String order = Names.fresh("order");
        try (RawClient elsewhere = shop.connected(Wire.JSON, buyer, "buyer");
                Browser browser = open("buyer")) {
            order(browser, order, "-2");
            browser.awaitText("#order output", "bad request: data.items[0].pieces");
            browser.screenshot(Path.of("target/shop-refused.png"));
            order(browser, order, "500");
            browser.awaitText("#order output", "out of stock");

            order(browser, order, "2");
            browser.awaitText("#order output", "Ordered: 2 pieces");
            assertThat(rpc(elsewhere, "order", "{'order': '" + order + "'}")
                            .path("pieces")
                            .asInt())
                    .isEqualTo(2);
            browser.awaitText("#messages li", "Order " + order + " is confirmed");
            browser.screenshot(Path.of("target/shop-ordered.png"));

            order(browser, order, "3"); // what fails is the commit
            browser.awaitText(
                    "#order output.refused",
                    text -> text.startsWith("internal server error, id "),
                    "an internal error");
            assertThat(browser.evaluate("document.querySelectorAll('#messages li').length")
                            .asInt())
                    .isEqualTo(1);
            assertThat(browser.errors()).isEmpty();
        }
    }

    @Test
    void who_has_no_role_is_refused_at_the_page() {
        try (Browser browser = open("clerk")) {
            order(browser, Names.fresh("order"), "1");
            browser.awaitText("#order output", "permission denied");
        }
    }
}
