// SPDX-License-Identifier: Apache-2.0
// Every kind of file, changed at random: read, or refused in one line that names it; no crash, no
// hang, no memory without bound.
//   fuzz_test [--seed N] [--times N]     N times as many mutants
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <set>
#include <stdexcept>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "guard.hpp"
#include "kind.hpp"

namespace freebits::fuzz {
namespace {

struct Arguments {
  std::uint64_t seed = 1;
  unsigned times = 1;
} arguments;

const fs::path& scratch() {
  static const fs::path folder = [] {
    fs::path path = fs::path(testing::TempDir()) / fmt::format("freebits_fuzz_{}", ::getpid());
    fs::create_directories(path);
    return path;
  }();
  return folder;
}

/// What a reader says; nothing when it reads the file.
struct Answer {
  bool refused = false;
  bool is_ours = true;  ///< an error of a type that the program knows
  std::string text;
};

Answer ask(const Kind& kind, const fs::path& file) {
  try {
    kind.read(file);
    return {};
  } catch (const Error& error) {
    return {true, true, error.what()};
  } catch (const std::exception& error) {
    return {true, false, fmt::format("{}: {}", typeid(error).name(), error.what())};
  }
}

/// Signs of a message that a library has written.
bool sounds_like_a_library(const std::string& text) {
  for (const char* sign :
       {"json.exception", "std::", "vector::", "basic_string", "stoul", "stod"}) {
    if (text.find(sign) != std::string::npos) return true;
  }
  return false;
}

/// What is left of a message without what differs from mutant to mutant: its kind.
std::string skeleton(const std::string& text, const fs::path& file) {
  constexpr std::size_t kMost = 60;
  std::string rest = text;
  if (const auto at = rest.find(file.filename().string()); at != std::string::npos)
    rest = rest.substr(at + file.filename().string().size());
  std::string kept;
  bool quoted = false;
  for (const char c : rest) {
    if (c == '"' || c == '\'') quoted = !quoted;
    if (!quoted && std::isdigit(static_cast<unsigned char>(c)) == 0) kept += c;
  }
  return kept.substr(0, kMost);
}

class Fuzz : public testing::TestWithParam<Entry> {
 protected:
  void SetUp() override {
    const fs::path seeds = scratch() / "seeds";
    fs::create_directories(seeds);
    kind_ = GetParam().make(seeds);
    folder_ = scratch() / GetParam().name;
    file_ = folder_ / kind_.file;
    fs::create_directories(file_.parent_path());
    if (kind_.restore) kind_.restore(folder_);
  }

  void write(const std::string& bytes) const {
    std::ofstream stream(file_, std::ios::binary);
    stream << bytes;
    ASSERT_TRUE(stream.flush()) << file_;
  }

  Kind kind_;
  fs::path folder_, file_;
};

TEST_P(Fuzz, SeedsAreAccepted) {
  ASSERT_FALSE(kind_.seeds.empty());
  for (const std::string& seed : kind_.seeds) {
    write(seed);
    const Answer answer = ask(kind_, file_);
    EXPECT_FALSE(answer.refused) << answer.text;
    if (kind_.restore) kind_.restore(folder_);
  }
}

TEST_P(Fuzz, MutantsAreReadOrRefusedInOneLine) {
  const unsigned mutants = kind_.mutants * arguments.times;
  unsigned refused = 0, shallow = 0;
  std::set<std::string> refusals;
  Guard guard(GetParam().name, file_);
  for (unsigned i = 0; i < mutants; ++i) {
    Random random(arguments.seed * 0x9e3779b97f4a7c15 + i);
    write(kind_.mutate(random.of(kind_.seeds), random));
    guard.begin(arguments.seed, i);
    const Answer answer = ask(kind_, file_);
    guard.end();
    if (kind_.restore) kind_.restore(folder_);
    if (!answer.refused) continue;
    ++refused;
    refusals.insert(skeleton(answer.text, file_));
    if (!kind_.shallow.empty() && answer.text.find(kind_.shallow) != std::string::npos) ++shallow;
    const std::string shown = printable(answer.text);
    const bool names_it = answer.text.find(file_.filename().string()) != std::string::npos;
    EXPECT_TRUE(answer.is_ours && names_it && !sounds_like_a_library(answer.text))
        << guard.mutant() << ": " << shown;
    if (HasFailure()) {
      guard.keep();
      break;
    }
  }
  fmt::print("{}: {} mutants (seed {}): {} read, {} refused in {} ways\n", GetParam().name, mutants,
             arguments.seed, mutants - refused, refused, refusals.size());
  // Otherwise it tests nothing but the seal.
  EXPECT_GT(refusals.size(), 1U);
  EXPECT_LT(shallow, mutants / 2);
}

INSTANTIATE_TEST_SUITE_P(Kind, Fuzz, testing::ValuesIn(all_kinds()),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace freebits::fuzz

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    if (option == "--seed") freebits::fuzz::arguments.seed = std::stoull(argv[i + 1]);
    if (option == "--times")
      freebits::fuzz::arguments.times = static_cast<unsigned>(std::stoul(argv[i + 1]));
  }
  const int result = RUN_ALL_TESTS();
  if (result == 0) std::filesystem::remove_all(freebits::fuzz::scratch());
  return result;
}
