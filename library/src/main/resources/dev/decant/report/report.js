"use strict";
// Draws the charts that the page holds as JSON, in the page's own colors, again when these or its width change.
(() => {
  const charts = JSON.parse(document.getElementById("charts").textContent);
  const number = (v) => (typeof v === "number" ? v : null); // "NaN" and the infinities are gaps
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  const roles = { student: "student", control: "control", teacher: "teacher" }; // of curves
  const roleColor = (role) => color(roles[role] || "student");
  const short = (v) => (v === null ? "–" : Math.abs(v) >= 1e5 || (v !== 0 && Math.abs(v) < 1e-3) ? v.toExponential(1) : String(+v.toPrecision(4)));
  const bytes = (v) => {
    const unit = Math.max(0, Math.min(4, Math.floor(Math.log10(v) / 3)));
    return +(v / 1000 ** unit).toPrecision(3) + " " + ["B", "kB", "MB", "GB", "TB"][unit];
  };
  // The library renders tooltips as HTML; names are a user's.
  const text = (s) => String(s).replace(/[&<>"']/g, (c) => "&#" + c.charCodeAt(0) + ";");

  const base = () => ({
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: color("soft") },
  });
  const tooltip = () => ({
    confine: true,
    backgroundColor: color("card"),
    borderColor: color("rule"),
    textStyle: { color: color("ink"), fontSize: 12 },
  });
  const axis = (more) => Object.assign({
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: color("soft"), fontSize: 11, hideOverlap: true, formatter: short },
    splitLine: { lineStyle: { color: color("rule") } },
    nameTextStyle: { color: color("soft"), fontSize: 11 },
  }, more);
  const range = (values) => {
    const known = values.filter((v) => v !== null);
    return [Math.min(...known), Math.max(...known)];
  };

  function lines(chart) {
    const [first, last] = range(chart.lines.flatMap((line) => line.x.map(number)));
    const named = chart.lines.some((line) => !roles[line.role]); // the page has a legend for the roles it knows
    const palette = ["student", "control", "other", "teacher"].map(color);
    return {
      ...base(),
      grid: { left: 12, right: 16, top: named ? 34 : 12, bottom: 22, containLabel: true },
      legend: {
        show: named, type: "scroll", top: 0, left: 0, itemWidth: 18, itemHeight: 8, icon: "rect",
        textStyle: { color: color("soft"), fontSize: 11 }, pageIconColor: color("soft"), pageTextStyle: { color: color("soft") },
      },
      tooltip: {
        ...tooltip(), trigger: "axis",
        formatter: (points) => chart.x + " " + short(points[0].value[0]) + "<br>" + points.map((p) => p.marker + text(p.seriesName) + " <b>" + short(p.value[1]) + "</b>").join("<br>"),
      },
      xAxis: axis({ type: "value", name: chart.x, nameLocation: "middle", nameGap: 24, min: Math.min(0, first), max: last > 2 ? Math.ceil(last) : last, splitLine: { show: false }, axisLine: { show: true, onZero: false, lineStyle: { color: color("rule") } } }),
      yAxis: axis({ type: "value", scale: true }),
      series: chart.lines.map((line, at) => ({
        type: "line",
        name: line.name,
        data: line.y.map((y, i) => [number(line.x[i]), number(y)]),
        symbol: line.y.length === 1 ? "circle" : "none",
        color: named ? palette[at % palette.length] : roleColor(line.role),
        lineStyle: { width: line.role === "teacher" ? 1.2 : 1.6, type: { control: [6, 4], teacher: [1.5, 3] }[line.role] || (at < palette.length ? "solid" : "dashed"), opacity: 0.85 },
        emphasis: { focus: "series" },
      })),
    };
  }

  function scatter(chart, width) {
    const dots = chart.dots.map((d) => ({ ...d, y: number(d.y), spread: number(d.spread) || 0 })).filter((d) => d.y !== null);
    const xs = range(dots.map((d) => d.x));
    const ys = range(dots.map((d) => d.y));
    const isNear = (a, b) => a !== b && Math.abs(Math.log(a.x / b.x)) < 0.2 && Math.abs(a.y - b.y) < 0.06 * (ys[1] - ys[0]);
    const place = (d, at) => {
      const isRight = Math.log(d.x / xs[0]) > Math.log(xs[1] / xs[0]) / 2;
      const other = dots.findIndex((o) => isNear(d, o));
      if (other < 0) return { position: isRight ? "left" : "right" };
      const isUpper = d.y > dots[other].y || (d.y === dots[other].y && at < other);
      return { position: isUpper ? "top" : "bottom", align: isRight ? "right" : "left", distance: 4 };
    };
    const spreads = dots.filter((d) => d.spread > 0).map((d) => ({
      type: "line", silent: true, symbol: "none", tooltip: { show: false },
      lineStyle: { color: roleColor(d.role), width: 1.5, opacity: 0.6 },
      data: [[d.x, d.y - d.spread], [d.x, d.y + d.spread]],
    }));
    return {
      ...base(),
      grid: { left: 12, right: 16, top: 26, bottom: 24, containLabel: true },
      tooltip: {
        ...tooltip(), trigger: "item",
        formatter: (p) => text(p.data.name) + "<br>" + bytes(p.value[0]) + ", " + text(chart.y) + " <b>" + short(p.value[1]) + "</b>" + (p.data.spread ? " ± " + short(p.data.spread) : ""),
      },
      xAxis: axis({ type: "log", name: chart.x + " (log scale)", nameLocation: "middle", nameGap: 26, min: xs[0] / 1.6, max: xs[1] * 1.6, axisLabel: { color: color("soft"), fontSize: 11, hideOverlap: true, showMinLabel: false, showMaxLabel: false, formatter: bytes } }),
      yAxis: axis({ type: "value", name: chart.y, nameLocation: "end", nameTextStyle: { align: "left", color: color("soft"), fontSize: 11 }, scale: true, boundaryGap: ["15%", "15%"] }),
      series: [...spreads, {
        type: "scatter", symbolSize: 12,
        data: dots.map((d, at) => ({
          value: [d.x, d.y], name: d.name, spread: d.spread,
          itemStyle: { color: roleColor(d.role), opacity: 1 },
          label: {
            show: true, formatter: () => d.name, color: color("ink"), fontSize: 11.5, distance: 8, width: Math.min(260, width * 0.42), overflow: "truncate",
            ...place(d, at),
          },
        })),
        labelLayout: { moveOverlap: "shiftY" },
      }],
    };
  }

  function heatmap(chart) {
    const cells = chart.values.flatMap((row, i) => row.map((v, j) => [j, i, number(v)]));
    const [low, high] = range(cells.map((c) => c[2]));
    const label = { color: color("soft"), fontSize: 10, formatter: (s) => s, width: 90, overflow: "truncate", hideOverlap: true };
    return {
      ...base(),
      grid: { left: 12, right: 58, top: 10, bottom: 18, containLabel: true },
      tooltip: { ...tooltip(), formatter: (p) => text(chart.y[p.value[1]]) + " · " + text(chart.x[p.value[0]]) + "<br><b>" + short(p.value[2]) + "</b>" },
      xAxis: axis({ type: "category", data: chart.x, axisLabel: { ...label, rotate: 60 }, splitLine: { show: false } }),
      yAxis: axis({ type: "category", data: chart.y, axisLabel: label, splitLine: { show: false } }),
      visualMap: {
        min: low >= 0 ? 0 : low, max: low >= 0 && high <= 1 ? 1 : high, precision: 2, orient: "vertical", right: 0, top: "middle", itemWidth: 10, itemHeight: 120,
        inRange: { color: [color("heat0"), color("heat1"), color("heat2")] }, textStyle: { color: color("soft"), fontSize: 10 },
      },
      series: [{ type: "heatmap", data: cells, itemStyle: { borderWidth: 0 }, emphasis: { itemStyle: { borderColor: color("ink"), borderWidth: 1 } } }],
    };
  }

  const drawers = { lines, scatter, heatmap };
  const drawn = [...document.querySelectorAll("[data-chart]")].map((place) => {
    const chart = charts[+place.dataset.chart];
    const view = echarts.init(place, null, { renderer: "svg" });
    const draw = () => view.setOption(drawers[chart.kind](chart, place.clientWidth), true);
    new ResizeObserver(() => { view.resize(); draw(); }).observe(place);
    return draw;
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawn.forEach((draw) => draw()));
})();
