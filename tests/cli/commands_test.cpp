// SPDX-License-Identifier: Apache-2.0
// What every command of the program must keep to, whatever it does.
#include <sstream>

#include "program.hpp"

namespace freebits::test {
namespace {

struct Listed {
  std::string name, description;
};

/// The commands that a help text lists, each with the beginning of its description.
std::vector<Listed> listed(const std::string& help) {
  std::istringstream lines(help.substr(help.find("Subcommands:")));
  std::vector<Listed> all;
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    if (line.size() < 3 || line[2] == ' ') continue;  // goes on from the line before
    std::istringstream words(line);
    Listed one;
    words >> one.name >> std::ws;
    std::getline(words, one.description);
    all.push_back(one);
  }
  return all;
}

/// Whether the usage line asks for nothing that the user has to give.
bool needs_nothing(const std::string& help) {
  const std::size_t from = help.find("Usage: ");
  std::istringstream words(help.substr(from, help.find('\n', from) - from));
  std::string word;
  for (unsigned skipped = 0; skipped < 3; ++skipped) words >> word;  // Usage: freebits NAME
  while (words >> word) {
    if (word.front() != '[') return false;
  }
  return true;
}

TEST_F(Program, ListsItsCommandsEachWithAHelpOfItsOwn) {
  const std::vector<Listed> commands = listed(run("--help").out);
  ASSERT_GE(commands.size(), 8U);
  for (const Listed& command : commands) {
    EXPECT_FALSE(command.description.empty()) << command.name;
    const Outcome outcome = run(command.name + " --help");
    EXPECT_EQ(outcome.code, 0) << command.name;
    EXPECT_EQ(outcome.err, "") << command.name;
    EXPECT_EQ(outcome.out.find(command.description), 0U) << outcome.out;
  }
}

TEST_F(Program, RefusesAnOptionThatACommandDoesNotHave) {
  for (const Listed& command : listed(run("--help").out))
    expect_refusal(command.name + " --no-such-option", "--");
}

TEST_F(Program, RunsACommandThatNeedsNothingAndNoticesAFullOutput) {
  unsigned run_so_far = 0;
  for (const Listed& command : listed(run("--help").out)) {
    if (!needs_nothing(run(command.name + " --help").out)) continue;
    ++run_so_far;
    const Outcome outcome = run(command.name);
    EXPECT_EQ(outcome.code, 0) << command.name << ": " << outcome.err;
    EXPECT_FALSE(outcome.out.empty()) << command.name;
    const std::string full = FREEBITS_PROGRAM " " + command.name + " >/dev/full 2>/dev/null";
    const int status = std::system(full.c_str());
    EXPECT_EQ(WEXITSTATUS(status), 2) << command.name;
  }
  EXPECT_GE(run_so_far, 1U) << "freebits targets, at least";
}

}  // namespace
}  // namespace freebits::test
