package io.holdfast.stream.rocksdb;

import java.io.File;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Opens and closes a store from two class loaders, one after the other, both alive: a redeployment. */
final class RedeployMain {

    private RedeployMain() {}

    public static void main(String[] arguments) throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        List<URLClassLoader> deployments = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            URLClassLoader deployment =
                    new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
            deployments.add(deployment);
            Method open =
                    deployment.loadClass(RedeployMain.class.getName()).getDeclaredMethod("openAndClose", String.class);
            open.setAccessible(true);
            open.invoke(null, arguments[0]);
        }
        System.out.println("opened twice");
        for (URLClassLoader deployment : deployments) {
            deployment.close();
        }
    }

    static void openAndClose(String parent) {
        RocksDbEngine.open(TestStores.options(Path.of(parent)), System::currentTimeMillis, System::nanoTime)
                .close();
    }
}
