// SPDX-License-Identifier: GPL-2.0
// replay.cpp -- runs a fuzz target over files, for compilers without libFuzzer and for checks.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
	size_t n = 0;

	for (int i = 1; i < argc; i++)
		for (const auto &entry : std::filesystem::directory_iterator(argv[i])) {
			std::ifstream file(entry.path(), std::ios::binary);
			std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
			LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size());
			n++;
		}
	std::printf("%zu inputs\n", n);
	return n ? 0 : 1;
}
