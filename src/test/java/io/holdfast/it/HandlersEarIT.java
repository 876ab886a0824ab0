package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.parts.Elsewhere;
import com.example.parts.Here;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Handlers in the modules of an EAR: those of the WAR with Holdfast in it are called, others are not found. */
@Tag("slow")
class HandlersEarIT {
    private static final String WAR = "<webApplication location=\"shop.war\" contextRoot=\"/shop\"/>";

    @Test
    void handlers_are_found_in_the_war_of_holdfast_and_not_in_another_one() throws Exception {
        Path work = Files.createDirectories(Path.of("target/handlers-ear-it"));
        Path plain = work.resolve("plain.war");
        ShopWar.write(plain, Here.class);
        WebArchive shop = ShrinkWrap.create(ZipImporter.class, "shop.war")
                .importFrom(plain.toFile())
                .as(WebArchive.class);
        WebArchive second = ShrinkWrap.create(WebArchive.class, "second.war")
                .addClass(Elsewhere.class)
                .addAsWebResource(new StringAsset("<!doctype html><title>Second</title>"), "index.html");
        File ear = work.resolve("shop.ear").toFile();
        ShrinkWrap.create(EnterpriseArchive.class, "shop.ear")
                .addAsModules(shop, second)
                .as(ZipExporter.class)
                .exportTo(ear, true);
        Path serverXml = Files.writeString(
                work.resolve("server.xml"),
                Documents.server("docs/library.md").replace(WAR, "<enterpriseApplication location=\"shop.ear\"/>"));
        try (LibertyServer server = LibertyServer.prepare(
                                "handlers-ear", Map.of("holdfast.insecure", "true"), serverXml, ear.toPath())
                        .start();
                RawClient connection = RawClient.open(server.websocket("/shop"))) {
            connection.connectAs(Names.fresh("ada"));
            assertThat(connection
                            .command("rpc", "{'method': 'here', 'data': 7}")
                            .path("data")
                            .asInt())
                    .isEqualTo(7);
            assertThat(connection.refused("rpc", "{'method': 'elsewhere', 'data': 7}"))
                    .isEqualTo(108);
            assertThat(server.api().get("/second/").status()).isEqualTo(200);
        }
    }
}
