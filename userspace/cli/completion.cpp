// SPDX-License-Identifier: GPL-2.0
// completion.cpp -- hrtcp completion: made from the commands' own definitions.

#include <fmt/format.h>

#include "commands.hpp"
#include "output.hpp"

namespace {

std::vector<std::string> option_words(const CLI::App &app)
{
	std::vector<std::string> words;
	for (const CLI::Option *option : app.get_options()) {
		for (const std::string &name : option->get_snames())
			words.push_back("-" + name);
		for (const std::string &name : option->get_lnames())
			words.push_back("--" + name);
	}
	return words;
}

std::string command_case(const CLI::App &root, const command &c)
{
	std::vector<std::string> words = option_words(*root.get_subcommand(c.name));
	if (c.words != nullptr)
		for (const std::string &word : c.words())
			words.push_back(word);
	return fmt::format("\t{}) words='{}' ;;\n", c.name, fmt::join(words, " "));
}

constexpr const char *script = R"(# bash completion for hrtcp, made by: hrtcp completion bash
_hrtcp()
{{
	local cur=${{COMP_WORDS[COMP_CWORD]}} command='' words i
	for ((i = 1; i < COMP_CWORD; i++)); do
		if [[ ${{COMP_WORDS[i]}} != -* ]]; then
			command=${{COMP_WORDS[i]}}
			break
		fi
	done
	case $command in
	'') words='{root}' ;;
{cases}	*) words='' ;;
	esac
	if [[ $command == run && $cur != -* ]]; then
		mapfile -t COMPREPLY < <(compgen -c -- "$cur")
		return
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}}
complete -o bashdefault -o default -F _hrtcp hrtcp
)";

} // namespace

std::string bash_completion(const CLI::App &root)
{
	std::string cases;
	std::vector<std::string> words;
	for (const command &c : commands()) {
		words.push_back(c.name);
		cases += command_case(root, c);
	}
	for (const std::string &word : option_words(root))
		words.push_back(word);
	return fmt::format(script, fmt::arg("root", fmt::format("{}", fmt::join(words, " "))),
			   fmt::arg("cases", cases));
}

action define_completion(CLI::App &app, context &ctx)
{
	auto shell = std::make_shared<std::string>();
	app.add_option("SHELL", *shell, "bash")->required()->check(CLI::IsMember({"bash"}));
	return [shell, &app, &ctx] {
		print(ctx, bash_completion(*app.get_parent()));
		return static_cast<int>(exit_done);
	};
}
