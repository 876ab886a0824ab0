<%@ page session="false" trimDirectiveWhitespaces="true" %>
<%
    String more = request.getPathInfo();
    if (more != null && !more.equals("/")) {
        response.sendError(404);
        return;
    }
    String root = org.eclipse.microprofile.config.ConfigProvider.getConfig()
            .getOptionalValue("context.root", String.class).orElse("/");
    jakarta.servlet.ServletContext gateway = application.getContext(root);
    jakarta.servlet.RequestDispatcher report = gateway == null ? null : gateway.getRequestDispatcher("/websocket-health");
    if (report == null) {
        response.sendError(503, "No gateway runs at the path of the variable context.root of server.xml, which is " + root);
        return;
    }
    report.forward(request, response);
%>
