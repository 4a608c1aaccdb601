// SPDX-License-Identifier: MIT

module bench

go 1.19

require minictr v0.0.0

replace minictr => ../../../bindings/go
