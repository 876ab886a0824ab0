package io.holdfast.it;

import com.example.shop.CartServlet;
import com.example.shop.CartStore;
import com.example.shop.Carts;
import com.example.shop.CleanupLog;
import com.example.shop.Diary;
import com.example.shop.LoginServlet;
import com.example.shop.Orders;
import com.example.shop.ReportServlet;
import com.example.shop.ShopServlet;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.jboss.shrinkwrap.api.ArchivePath;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.Asset;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.JavaArchive;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.rocksdb.RocksDB;

/** Somebody else's WAR with the library in WEB-INF/lib, as docs/library.md says. */
final class ShopWar {
    private ShopWar() {}

    /** The jar that was built, what the built WAR has in WEB-INF/lib, and RocksDB, which that WAR has taken apart. */
    static void write(Path file, Class<?>... more) throws URISyntaxException {
        WebArchive shop = ShrinkWrap.create(WebArchive.class, "shop.war")
                .addClasses(Orders.class, Diary.class, ShopServlet.class, LoginServlet.class)
                .addClasses(Carts.class, CartStore.class, CartServlet.class, CleanupLog.class)
                .addClasses(ReportServlet.class)
                .addClasses(more)
                .addAsWebResource(new StringAsset("<!doctype html><title>Shop</title>"), "index.html")
                .addAsResource(
                        new StringAsset("holdfast.publication.max-bytes=2048\nmp.openapi.servers=/shop\n"),
                        "META-INF/microprofile-config.properties")
                .addAsManifestResource(description(), "openapi.yaml")
                .addAsLibrary(new File("target/holdfast-classes.jar"))
                .addAsLibrary(jarOf(RocksDB.class).toFile());
        WebArchive gateway = ShrinkWrap.create(ZipImporter.class, "gateway.war")
                .importFrom(new File("target/holdfast.war"))
                .as(WebArchive.class);
        gateway.getContent(path -> isLibrary(path)).forEach((path, node) -> shop.add(node.getAsset(), path));
        shop.as(ZipExporter.class).exportTo(file.toFile(), true);
    }

    static Path jarOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    /** Taken out of the jar as docs/library.md says. */
    private static Asset description() {
        return ShrinkWrap.create(ZipImporter.class, "classes.jar")
                .importFrom(new File("target/holdfast-classes.jar"))
                .as(JavaArchive.class)
                .get("/META-INF/openapi.yaml")
                .getAsset();
    }

    private static boolean isLibrary(ArchivePath path) {
        return path.get().startsWith("/WEB-INF/lib/") && path.get().endsWith(".jar");
    }
}
