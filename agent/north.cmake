# SPDX-License-Identifier: Apache-2.0
# Everything towards the connector.
