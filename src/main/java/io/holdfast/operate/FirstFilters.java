package io.holdfast.operate;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import java.util.EnumSet;

/** Puts {@link HealthPortFilter} and {@link StartFilter} before all others, which annotations cannot say. */
@WebListener
public class FirstFilters implements ServletContextListener {
    @Override
    public void contextInitialized(ServletContextEvent event) {
        ServletContext web = event.getServletContext();
        add(web, "health-port", HealthPortFilter.class, EnumSet.of(DispatcherType.REQUEST));
        add(web, "start", StartFilter.class, EnumSet.of(DispatcherType.REQUEST, DispatcherType.FORWARD));
    }

    private static void add(
            ServletContext web, String name, Class<? extends Filter> filter, EnumSet<DispatcherType> dispatchers) {
        FilterRegistration.Dynamic added = web.addFilter(name, filter);
        added.setAsyncSupported(true);
        added.addMappingForUrlPatterns(dispatchers, false, "/*");
    }
}
