package dev.decant.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The page around a report: {@code report.html} with its style, its script and the chart library put in. */
final class ReportTemplate {

    private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z]+)}}");
    private static final String LIBRARY_VERSION = "/META-INF/maven/org.mvnpm/echarts/pom.properties";

    private ReportTemplate() {}

    /** Puts each part, HTML already, at its place; in one pass, so that no part is searched for places. */
    static String fill(Map<String, String> parts) throws IOException {
        Map<String, String> all = new HashMap<>(parts);
        all.put("style", resource("report.css"));
        all.put("script", inline(resource("report.js")));
        all.put("library", inline(chartLibrary()));
        return PLACE.matcher(resource("report.html"))
                .replaceAll(place -> Matcher.quoteReplacement(all.getOrDefault(place.group(1), "")));
    }

    /** The library lies in a folder named by its version; its own jar says which. */
    private static String chartLibrary() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = open(LIBRARY_VERSION)) {
            properties.load(in);
        }
        return resource(
                "/META-INF/resources/_static/echarts/" + properties.getProperty("version") + "/dist/echarts.min.js");
    }

    private static String inline(String script) {
        return script.replace("</script", "<\\/script").replace("<!--", "<\\!--");
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = open(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static InputStream open(String name) {
        InputStream in = ReportTemplate.class.getResourceAsStream(name);
        if (in == null) {
            throw new IllegalStateException("resource " + name + " is not on the class path; the report needs it");
        }
        return in;
    }
}
