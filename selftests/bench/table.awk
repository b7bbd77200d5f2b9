# table.awk -- medians of "STACK FIGURE VALUE" lines, side by side with their ratio.
function median(stack, figure,	i, j, t, n, v) {
	n = count[stack, figure]
	for (i = 1; i <= n; i++)
		v[i] = value[stack, figure, i]
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && v[j - 1] > v[j]; j--) {
			t = v[j]; v[j] = v[j - 1]; v[j - 1] = t
		}
	return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}
NF == 3 && ($1 == "inet" || $1 == "hrtcp") {
	if (!($2 in seen)) {
		seen[$2] = 1
		order[++figures] = $2
	}
	value[$1, $2, ++count[$1, $2]] = $3
}
END {
	if (json)
		printf "{\"version\":1,\"figures\":["
	else
		printf "%-14s %14s %14s %8s\n", "figure", "Linux TCP", "hrTCP", "ratio"
	for (i = 1; i <= figures; i++) {
		f = order[i]
		a = median("inet", f)
		b = median("hrtcp", f)
		ratio = f ~ /_us$/ ? a / b : b / a
		if (json)
			printf "%s{\"name\":\"%s\",\"inet\":%.1f,\"hrtcp\":%.1f,\"ratio\":%.3f}", (i > 1 ? "," : ""), f, a, b, ratio
		else
			printf "%-14s %14.1f %14.1f %8.2f\n", f, a, b, ratio
	}
	if (json)
		print "]}"
	exit figures == 0
}
