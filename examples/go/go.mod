// SPDX-License-Identifier: 0BSD

module examples

go 1.19

require minictr v0.0.0

replace minictr => ../../bindings/go
