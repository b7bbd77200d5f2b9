# table.awk -- medians of "COLUMN FIGURE VALUE" lines, side by side; how much better hrTCP is.
BEGIN {
	columns = split("inet tuned hrtcp", column)
	split("Linux TCP|tuned|hrTCP|x default|x tuned", head, "|")
}
function median(name, figure,	i, j, t, n, v) {
	n = count[name, figure]
	for (i = 1; i <= n; i++)
		v[i] = value[name, figure, i]
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && v[j - 1] > v[j]; j--) {
			t = v[j]; v[j] = v[j - 1]; v[j - 1] = t
		}
	return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}
# Less is better of times and repeats. Nothing to compare: nothing.
function ratio(name, figure,	a, b) {
	if (!((name, figure) in count) || !(("hrtcp", figure) in count))
		return ""
	a = median(name, figure)
	b = median("hrtcp", figure)
	if (figure ~ /_(us|repeats|retransmitted|timeouts|undos)$/)
		return b ? sprintf("%.2f", a / b) : ""
	return a ? sprintf("%.2f", b / a) : ""
}
function shown(name, figure) {
	return (name, figure) in count ? sprintf("%.1f", median(name, figure)) : ""
}
function json_line(figure,	i) {
	printf "%s{\"name\":\"%s\"", (printed++ ? "," : ""), figure
	for (i = 1; i <= columns; i++)
		if (shown(column[i], figure) != "")
			printf ",\"%s\":%s", column[i], shown(column[i], figure)
	if (ratio("inet", figure) != "")
		printf ",\"ratio\":%s", ratio("inet", figure)
	printf "}"
}
NF == 3 && $1 ~ /^(inet|tuned|hrtcp)$/ {
	if (!($2 in seen)) {
		seen[$2] = 1
		order[++figures] = $2
	}
	value[$1, $2, ++count[$1, $2]] = $3
}
END {
	if (json) {
		printf "{\"version\":2,\"figures\":["
		for (i = 1; i <= figures; i++)
			json_line(order[i])
		print "]}"
	} else {
		printf "%-34s %12s %12s %12s %10s %8s\n", "figure", head[1], head[2], head[3], head[4], head[5]
		for (i = 1; i <= figures; i++) {
			f = order[i]
			printf "%-34s %12s %12s %12s %10s %8s\n", f, shown("inet", f), shown("tuned", f),
				shown("hrtcp", f), ratio("inet", f), ratio("tuned", f)
		}
	}
	exit figures == 0
}
