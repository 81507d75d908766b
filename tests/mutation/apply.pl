#!/usr/bin/env perl
# SPDX-License-Identifier: Apache-2.0
# apply.pl list            the titles of the mutants
# apply.pl N rtl-folder    plants mutant N (from 1) into a copy of rtl
use strict;
use warnings;
use FindBin;

open my $list, '<', "$FindBin::Bin/mutants.txt" or die "mutants.txt: $!\n";
my $text = do { local $/; <$list> };
$text =~ s/^#.*\n//mg;
my @mutants;
while ($text =~ /^(fb_\w+\.sv): (.*)\n- ((?:.*\n)+?)\+ ((?:.+(?:\n|\z))+)/mg) {
  push @mutants, {file => $1, title => $2, find => $3, replace => $4};
}

my $number = shift // 'list';
if ($number eq 'list') {
  print "$_->{file}: $_->{title}\n" for @mutants;
  exit;
}
my $mutant = $mutants[$number - 1] or die "no mutant $number\n";
my $path = shift(@ARGV) . "/core/$mutant->{file}";
chomp(my ($find, $replace) = @{$mutant}{qw(find replace)});
open my $in, '<', $path or die "$path: $!\n";
my $code = do { local $/; <$in> };
my $count = () = $code =~ /\Q$find\E/g;
die "$mutant->{file}: found $count times, expected once: $find\n" if $count != 1;
substr($code, index($code, $find), length $find) = $replace;
open my $out, '>', $path or die "$path: $!\n";
print $out $code;
