<%@ page session="false" trimDirectiveWhitespaces="true" %>
<%
    jakarta.servlet.ServletContext gateway = application.getContext("/");
    jakarta.servlet.RequestDispatcher report = gateway == null ? null : gateway.getRequestDispatcher("/websocket-health");
    if (report == null) {
        response.sendError(503);
        return;
    }
    report.forward(request, response);
%>
